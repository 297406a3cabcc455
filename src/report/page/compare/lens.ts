import { closestTo } from '../dom.js';

/** Zoom and place of all pictures that are compared; 1 is as large as they fit. */
export class Lens {
  scale = 1;
  /** Of the middle, in widths and heights of a frame. */
  #x = 0;
  #y = 0;
  #from: { readonly id: number; readonly x: number; readonly y: number } | null = null;

  constructor(
    private readonly board: HTMLElement,
    private readonly changed: () => void,
  ) {
    board.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        this.zoom(this.scale * (event.deltaY < 0 ? 1.2 : 1 / 1.2));
      },
      { passive: false },
    );
    board.addEventListener('pointerdown', (event) => {
      if (closestTo(event, '.frame') === null) return;
      this.#from = { id: event.pointerId, x: event.clientX, y: event.clientY };
    });
    board.addEventListener('pointermove', (event) => {
      const from = this.#from;
      const frame = board.querySelector('.frame');
      if (from?.id !== event.pointerId || event.buttons === 0 || frame === null) return;
      const { width, height } = frame.getBoundingClientRect();
      this.#from = { id: from.id, x: event.clientX, y: event.clientY };
      this.pan((event.clientX - from.x) / width, (event.clientY - from.y) / height);
    });
    board.addEventListener('dblclick', (event) => {
      if (closestTo(event, '.frame') !== null) this.toggle();
    });
  }

  zoom(scale: number): void {
    const before = this.scale;
    this.scale = Math.min(maxScale, Math.max(1, scale));
    const by = this.scale / before;
    this.#place(this.#x * by, this.#y * by);
  }

  pan(x: number, y: number): void {
    this.#place(this.#x + x, this.#y + y);
  }

  /** As large as it fits, or each pixel of the first picture as one of the screen. */
  toggle(): void {
    this.zoom(this.scale === 1 ? this.#pixelScale() : 1);
  }

  draw(): void {
    for (const media of this.board.querySelectorAll<HTMLElement>('.frame > *'))
      media.style.setProperty(
        'transform',
        `translate(${100 * this.#x}%, ${100 * this.#y}%) scale(${this.scale})`,
      );
  }

  /** No further than to the picture's edge. */
  #place(x: number, y: number): void {
    const most = (this.scale - 1) / 2;
    this.#x = Math.min(most, Math.max(-most, x));
    this.#y = Math.min(most, Math.max(-most, y));
    this.draw();
    this.changed();
  }

  #pixelScale(): number {
    const media = this.board.querySelector('.frame > :is(img, video)');
    if (media === null) return 2;
    const [width, height] =
      media instanceof HTMLImageElement
        ? [media.naturalWidth, media.naturalHeight]
        : media instanceof HTMLVideoElement
          ? [media.videoWidth, media.videoHeight]
          : [0, 0];
    const { clientWidth, clientHeight } = media;
    const shown = Math.min(clientWidth / width, clientHeight / height) * devicePixelRatio;
    return Number.isFinite(shown) && shown > 0 ? 1 / shown : 2;
  }
}

const maxScale = 32;
