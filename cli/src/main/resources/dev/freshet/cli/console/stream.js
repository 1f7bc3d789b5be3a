// The writer's messages, and whether they still come.

const SILENCE = 4000;
const RETRY = 2000;

export class Stream {
  /** handlers: message(kind, data), lost(since) each second while nothing comes, since in ms of the page's clock. */
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
    this.heard = Date.now();
    this.opened = 0;
    this.lost = false;
    this.open();
    setInterval(() => this.look(), 1000);
  }

  open() {
    this.source?.close();
    this.opened = Date.now();
    this.source = new EventSource(this.url);
    for (const kind of ["hello", "tick", "status", "incidents"]) {
      this.source.addEventListener(kind, (event) => {
        this.heard = Date.now();
        this.lost = false;
        this.handlers.message(kind, JSON.parse(event.data));
      });
    }
  }

  look() {
    const now = Date.now();
    // The clock was set, or the machine slept: nothing is known of that time.
    if (now < this.heard) this.heard = now;
    const broken = this.source.readyState === EventSource.CLOSED;
    if (now - this.heard > SILENCE) {
      this.lost = true;
      // A suspended writer's kernel still takes connections: an open stream proves nothing.
      if (now - this.opened > 2 * RETRY) this.open();
      this.handlers.lost(this.heard);
    } else if (broken && now - this.opened > RETRY) {
      this.open();
    }
  }
}
