import type { HelpWords, UsageWords } from '../help.ts';

export const helpWords: HelpWords = {
  about: 'Kubernetes Services as rules of iptables or nftables: compile, trace, compare',
  purposes: {
    see: 'See what a cluster does:',
    review: 'Review a change:',
    'look-after': 'Look after a node:',
    write: 'Write rules:',
    besides: 'Besides:',
  },
  headings: {
    'Usage:': 'Usage:',
    'Arguments:': 'Arguments:',
    'Options:': 'Options:',
    'Global Options:': 'Global Options:',
    'Commands:': 'Commands:',
    '[options]': '[options]',
    '[command]': '[command]',
  },
  choices: (choices) => `choices: ${choices}`,
  byDefault: (value) => `default: ${value}`,
  helpOfCommand: 'the help of a command',
  showsHelp: 'display help for command',
  examples: 'Examples:',
  rest: (command) => `All flags and examples: kubenat help ${command} --verbose`,
  restOfAll: [
    'Flags that all commands take: kubenat help --verbose',
    'What a code of an error or a finding means: kubenat help errors CODE',
  ],
};

export const usageWords: UsageWords = {
  error: 'error',
  missingArgument: (name) => `missing required argument '${name}'`,
  missingValue: (flag) => `option '${flag}' argument missing`,
  unknownFlag: (flag) => `unknown option '${flag}'`,
  tooMany: (command, expected, given) =>
    `too many arguments for '${command}'. Expected ${expected} argument${expected === 1 ? '' : 's'} but got ${given}.`,
  unknownCommand: (name) => `unknown command '${name}'`,
  invalidFlag: (flag, value) => `option '${flag}' argument '${value}' is invalid.`,
  invalidArgument: (name, value) => `command-argument value '${value}' is invalid for argument '${name}'.`,
  allowed: (choices) => `Allowed choices are ${choices.join(', ')}.`,
  size: 'It should be a number of bytes, or one with K, M or G.',
  mean: (near) => `(Did you mean ${near}?)`,
  oneCommand: (second) => `help is of one command, and '${second}' is a second word`,
};
