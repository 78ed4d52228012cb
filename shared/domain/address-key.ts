/** The purpose under which addresses are hashed, everywhere. */
export const ADDRESS = 'address';

/**
 * The form of an address that is hashed, so that a send, its events and a suppression meet. All in lower
 * case: that two people differ in nothing but the case of their mailbox is unheard of, that a bounce
 * report changes the case is not.
 */
export const addressKey = (address: string): string => {
  const bracketed = /<([^<>]+)>\s*$/.exec(address)?.[1] ?? address;
  return bracketed.trim().normalize('NFC').toLowerCase();
};
