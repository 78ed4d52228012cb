import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readOptions } from './options.ts';
import { TankStack } from './tank-stack.ts';

const app = new App();
const options = readOptions(app.node);
new TankStack(app, options.prefix, options);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
