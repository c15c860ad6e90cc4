import {readFileSync} from 'node:fs';

// Every script here takes one JSON value on stdin and prints one on stdout, and reads nothing else from outside.
export const input = JSON.parse(readFileSync(0, 'utf8'));

export const print = value => console.log(JSON.stringify(value));
