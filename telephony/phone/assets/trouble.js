/** Something a person should read: `code` for tests and support, the message with the way out. */
export class Trouble extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}
