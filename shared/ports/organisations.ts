/** A department; owns automations. Its name is what automations write, its title what people read. */
export interface Organisation {
  readonly name: string;
  readonly title: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface Organisations {
  list(): Promise<readonly Organisation[]>;
  /** False when the name is taken. */
  add(organisation: Organisation): Promise<boolean>;
  /** False when there is none of this name. */
  retitle(name: string, title: string): Promise<boolean>;
  remove(name: string): Promise<boolean>;
}
