import { expect, it } from 'vitest';
import { type GivenFile, readChosen } from './read-chosen.js';

function given(name: string, path?: string, lastModified = 1000): GivenFile {
  return Object.assign(new File(['x'], name, { lastModified }), { webkitRelativePath: '' }, path ? { path } : {});
}

const pathsOf = (files: readonly GivenFile[]) => {
  const chosen = readChosen(files);
  return chosen?.kind === 'folder' ? { name: chosen.name, paths: chosen.files.map(({ path }) => path) } : chosen?.kind;
};

it('takes one file for an archive, whatever it is called', () => {
  expect(pathsOf([given('model.zip')])).toBe('archive');
  expect(pathsOf([given('model', './model')])).toBe('archive');
  expect(readChosen([])).toBeNull();
});

it('takes away the folder that was dropped, and no other', () => {
  expect(pathsOf([given('holdout.json', '/mine/holdout.json'), given('a.bin', '/mine/weights/a.bin')])).toEqual({
    name: 'mine',
    paths: ['holdout.json', 'weights/a.bin'],
  });
  expect(pathsOf([given('predict.py', '/src/predict.py'), given('holdout.json', './holdout.json')])).toEqual({
    name: 'bundle',
    paths: ['src/predict.py', 'holdout.json'],
  });
});

it('takes the paths of a folder that was chosen', () => {
  const file = Object.assign(given('holdout.json', './holdout.json'), { webkitRelativePath: 'mine/holdout.json' });
  expect(pathsOf([file])).toEqual({ name: 'mine', paths: ['holdout.json'] });
});

it('is as new as its newest file', () => {
  expect(readChosen([given('a', '/m/a', 5), given('b', '/m/b', 9), given('c', '/m/c', 7)])).toMatchObject({
    changedAt: 9,
  });
});
