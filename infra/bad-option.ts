export class BadOption extends Error {
  override readonly name = 'BadOption';
}
