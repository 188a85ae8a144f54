import { render } from 'preact';
import { readData } from './data.ts';
import './style.css';

const data = readData();
render(<h1>{data.title}</h1>, document.getElementById('page') as HTMLElement);
