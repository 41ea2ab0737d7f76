import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { paperSizes } from '../../election-def/definition.js';
import {
  CODE_CELL,
  CODE_CELLS,
  codeCellCentre,
  OVAL,
  pageFrame,
  TIMING_MARK,
  timingMarkCentre,
  timingMarks,
} from '../../election-def/page-frame.js';

const test = suite('page frame');

function near(a: number, b: number, message: string): void {
  assert.ok(Math.abs(a - b) < 1e-6, `${message}: ${a}, not ${b}`);
}

for (const paper of paperSizes) {
  const frame = pageFrame(paper);
  const last = timingMarkCentre(frame.columns - 1, frame.rows - 1);

  test(`${paper}: the grid ends as far from the right and the bottom edge as it begins from the others`, () => {
    const first = timingMarkCentre(0, 0);
    near(frame.widthMm - last.xMm, first.xMm, 'right');
    near(frame.heightMm - last.yMm, first.yMm, 'bottom');
  });

  test(`${paper}: every mark stands on an edge of the grid, once, corners included`, () => {
    const marks = timingMarks(frame);
    const keys = marks.map(({ xMm, yMm }) => `${xMm.toFixed(4)} ${yMm.toFixed(4)}`);
    assert.is(new Set(keys).size, marks.length);
    assert.is(marks.length, 2 * frame.columns + 2 * (frame.rows - 2));
    for (const mark of marks) {
      const onSide = mark.xMm === 9.525 || Math.abs(mark.xMm - last.xMm) < 1e-6;
      const onEnd = mark.yMm === 9.525 || Math.abs(mark.yMm - last.yMm) < 1e-6;
      assert.ok(onSide || onEnd, JSON.stringify(mark));
    }
  });

  test(`${paper}: code rows and contests keep clear of the marks and of each other`, () => {
    const { content } = frame;
    const marksRightMm = 9.525 + TIMING_MARK.widthMm / 2;
    assert.ok(content.xMm - marksRightMm > 2);
    near(content.xMm + content.widthMm, frame.widthMm - content.xMm, 'the content is centred');
    near(content.yMm + content.heightMm, frame.heightMm - content.yMm, 'the content is centred');
    const halfMm = CODE_CELL.heightMm / 2;
    const top = codeCellCentre(frame, 'top', 0);
    const bottom = codeCellCentre(frame, 'bottom', 0);
    assert.ok(top.yMm - halfMm - (9.525 + TIMING_MARK.heightMm / 2) > 1, 'code and marks');
    assert.ok(content.yMm - (top.yMm + halfMm) > 2, 'code and contests');
    near(frame.heightMm - bottom.yMm, top.yMm, 'both code rows are as far inside');
    assert.ok(top.xMm - CODE_CELL.widthMm / 2 - marksRightMm > 2, 'code and side marks');
    const end = codeCellCentre(frame, 'top', CODE_CELLS - 1);
    near(frame.widthMm - end.xMm, top.xMm, 'the code is centred');
  });
}

test('there are 32 marks along the width of every paper, and 42 along letter', () => {
  assert.equal(new Set(paperSizes.map((paper) => pageFrame(paper).columns)), new Set([32]));
  assert.is(pageFrame('letter').rows, 42);
});

test('an oval is at least 3 mm in every direction', () => {
  // VVSG 2.0 7.2-J
  assert.ok(Math.min(OVAL.widthMm, OVAL.heightMm) >= 3);
});

test.run();
