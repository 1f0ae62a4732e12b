// Which page is shown. Making one takes a moment: of two that overlap the one asked for later counts, and what the other has made
// is thrown away. Knows no document; `make(hash)` gives a view (see views/routes.js), `show(view, moved)` puts it on the screen.

export class Pages {
  constructor({ make, show, left = () => {} }) {
    Object.assign(this, { make, show, left });
    this.turn = 0;
    this.making = false;
    this.stale = false;
    this.view = null;
    this.hash = undefined;
  }

  async draw(hash) {
    this.turn += 1;
    const { turn } = this;
    const before = this.hash;
    this.hash = hash;
    if (this.view && this.view.leave) this.view.leave();
    // It stays on the screen until the next one is ready, but is left only once.
    if (this.view) this.view = { ...this.view, leave: null };
    this.left();
    this.making = true;
    this.stale = false;
    let view;
    try {
      view = await this.make(hash);
    } finally {
      if (turn === this.turn) this.making = false;
    }
    if (turn !== this.turn) {
      if (view.leave) view.leave();
      return;
    }
    this.view = view;
    this.show(view, before !== undefined && before !== hash);
    // What has changed while it was made may be missing in it.
    if (this.stale) this.redraw();
  }

  // Lists follow what happens; a form under somebody's hands stays as it is.
  redraw() {
    if (this.making) this.stale = true;
    else if (this.view && this.view.live) this.draw(this.hash);
  }
}
