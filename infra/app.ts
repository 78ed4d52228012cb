import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readOptions } from './options.ts';
import { TankStack } from './tank-stack.ts';

const app = new App();
const options = readOptions(app.node);
new TankStack(app, options.prefix, options);
Tags.of(app).add('product', 'tank');
Tags.of(app).add('installation', options.prefix);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
