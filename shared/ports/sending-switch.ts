/** What stops mail beyond Tank: the configuration set of SES, under which others may send as well. */
export interface SendingSwitch {
  turn(to: 'on' | 'off'): Promise<void>;
}
