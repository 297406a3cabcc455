import { count } from '../../../values/amounts.js';
import type { PageOutput } from '../../html/page-data.js';
import { isPresent, urlOf } from '../cards/media.js';
import { button, h } from '../dom.js';
import { save } from './save.js';
import { Source } from './source.js';
import type { Packed } from './zip.js';
import { zipOf } from './zip.js';

const whyFolder =
  'This page was opened from the disk: it shows the files beside it, but the browser does not let ' +
  'it read them. Choose the folder in which the report lies, and it may. The files are read ' +
  'inside the browser and sent nowhere.';
const otherWay =
  'Without the browser: save the picks, then rh-batch picks --import FILE --zip picks.zip packs them.';

/** Reads outputs, packs and saves them. What stands in the way is told in a dialog. */
export class Files {
  readonly #dialog = h('dialog', { class: 'ask', 'aria-labelledby': 'ask-title' });
  readonly #source = new Source();
  readonly #title = h('h2', { id: 'ask-title' });
  readonly #text = h('p', {});
  readonly #list = h('ul', {});
  readonly #folder = h('input', {
    type: 'file',
    webkitdirectory: true,
    multiple: true,
    'aria-label': 'Folder of the report',
  });
  readonly #other = h('p', { class: 'hint', text: otherWay });
  /** What goes on once there is a folder. */
  #then: () => void = () => undefined;

  constructor() {
    const close = button({ class: 'plain', text: 'Close' }, () => this.#dialog.close());
    this.#dialog.append(this.#title, this.#text, this.#list, this.#folder, this.#other, close);
    this.#dialog.addEventListener('close', () => this.#dialog.remove());
    this.#folder.addEventListener('change', () => {
      this.#source.give(this.#folder.files ?? []);
      this.#dialog.close();
      this.#then();
    });
  }

  /**
   * One file under its own name, several as an archive. A server lets the browser download its
   * files, one by one: the page itself asks nothing of the network.
   */
  async save(outputs: readonly PageOutput[], archive: string): Promise<void> {
    if (isServed() && !outputs.every((output) => this.#source.canRead(output))) {
      for (const output of outputs.filter(isPresent))
        h('a', { href: urlOf(output), download: lastOf(output.name) }).click();
      return;
    }
    const got = await this.read(outputs, () => void this.save(outputs, archive));
    if (got === null) return;
    const [first] = got;
    if (outputs.length === 1 && first !== undefined) save(first.content, lastOf(first.name));
    else if (first !== undefined) {
      const packed = await zipOf(got.map((file) => ({ ...file, name: innerName(file.name) })));
      if (typeof packed === 'string') this.#tell('Nothing was packed', packed, []);
      else save(packed, archive);
    }
  }

  /** How each of them is opened for drawing. null: a person is asked for the folder first. */
  async pictures(
    outputs: readonly PageOutput[],
    again: () => void,
  ): Promise<ReadonlyMap<PageOutput, () => Promise<ImageBitmap>> | null> {
    if (isServed()) return new Map(outputs.map((output) => [output, () => served(output)]));
    const got = await this.read(outputs, again);
    if (got === null) return null;
    const contents = new Map(got.map(({ name, content }) => [name, content]));
    return new Map(
      outputs.flatMap((output) => {
        const content = contents.get(output.name);
        return content === undefined ? [] : [[output, () => createImageBitmap(content)] as const];
      }),
    );
  }

  /**
   * Those that are there; the others are told. null: a person is asked for the folder, and `again`
   * is called when it is there.
   */
  async read(outputs: readonly PageOutput[], again: () => void): Promise<readonly Packed[] | null> {
    if (!outputs.every((output) => this.#source.canRead(output))) {
      this.#then = again;
      this.#ask();
      return null;
    }
    const got: Packed[] = [];
    const missing: string[] = [];
    for (const output of outputs) {
      const content = await this.#source.read(output);
      if (typeof content === 'string') missing.push(`${output.name} ${content}`);
      else got.push({ name: output.name, content });
    }
    if (missing.length > 0) {
      this.#then = again;
      const title = `${count(missing.length, 'file')} of ${outputs.length} could not be read`;
      this.#tell(title, got.length === 0 ? 'Nothing was saved.' : 'The others were.', missing);
    }
    return got;
  }

  #ask(): void {
    this.#draw('Which folder?', whyFolder, []);
    this.#folder.hidden = false;
    this.#other.hidden = false;
  }

  #tell(title: string, text: string, lines: readonly string[]): void {
    this.#draw(title, text, lines);
    // Another folder may have them.
    this.#folder.hidden = isServed();
    this.#other.hidden = true;
  }

  #draw(title: string, text: string, lines: readonly string[]): void {
    this.#title.textContent = title;
    this.#text.textContent = text;
    const more = lines.length - mostListed;
    this.#list.replaceChildren(
      ...lines.slice(0, mostListed).map((line) => h('li', { text: line })),
      ...(more > 0 ? [h('li', { text: `and ${more} more` })] : []),
    );
    this.#folder.value = '';
    document.body.append(this.#dialog);
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}

const mostListed = 8;

const isServed = (): boolean => location.protocol.startsWith('http');

const lastOf = (name: string): string => name.split('/').at(-1) ?? name;

/** What a server sends beside the page may be drawn; what lies on the disk may not. */
const served = async (output: PageOutput): Promise<ImageBitmap> => {
  const image = h('img', { src: isPresent(output) ? urlOf(output) : '' });
  await image.decode();
  return createImageBitmap(image);
};

/** What unpacks it must not leave its folder. */
const innerName = (name: string): string =>
  name
    .split('/')
    .filter((part) => !['', '.', '..'].includes(part))
    .join('/');
