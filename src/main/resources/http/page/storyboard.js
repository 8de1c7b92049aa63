const CUE = /(\d+):(\d\d):(\d\d\.\d{3}) --> .*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g;

/**
 * The tiles of a storyboard, loaded when the first one is requested.
 *
 * @param {{renew: function(): Promise<void>}} handlers `renew` requests a new URL and passes it to `show`
 * @returns {{show: function(?string): void, tileAt: function(number): Promise<Object|undefined>, renew: function(): Promise<boolean>}}
 *     `show` takes the URL of the index; `tileAt` returns the tile of a time in seconds: the URL of its sheet, and `x`, `y`, `width`
 *     and `height` in it; `renew` is called if a sheet cannot be loaded
 */
export function storyboard({ renew }) {
  let url = null;
  let renewedUrl = null;
  let tiles = null;

  async function load() {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) {
      return parse(await response.text());
    }
    return (await renewOnce()) ? load() : [];
  }

  // An expired URL causes an error. Renewed once for each URL, as those of the player.
  async function renewOnce() {
    if (url === renewedUrl) {
      return false;
    }
    await renew();
    renewedUrl = url;
    return true;
  }

  return {
    show(current) {
      if (current !== url) {
        url = current;
        tiles = null;
      }
    },
    async tileAt(seconds) {
      tiles ??= load();
      return (await tiles).findLast(({ start }) => start <= seconds);
    },
    renew: renewOnce,
  };
}

function parse(text) {
  return [...text.matchAll(CUE)].map(([, hours, minutes, seconds, sheet, ...area]) => {
    const [x, y, width, height] = area.map(Number);
    return { start: hours * 3600 + minutes * 60 + Number(seconds), sheet, x, y, width, height };
  });
}
