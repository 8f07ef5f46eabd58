import type { SubmissionEvent } from '@holdout/contracts';
import type { Output } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { type Progress, startProgress } from '../terminal/progress.js';

/** What happens to a submission, as it happens: a line a state and a log line, a bar while images are counted. */
export interface EventView {
  show(event: SubmissionEvent): void;
  onConnection(state: 'lost' | 'back'): void;
  end(): void;
}

/** Shows nothing where JSON was asked for. */
export function createEventView(output: Output): EventView {
  let progress: { stage: string; bar: Progress } | null = null;
  const end = () => {
    progress?.bar.stop();
    progress = null;
  };
  const showProgress = ({ stage, imagesDone, imagesTotal }: Extract<SubmissionEvent, { kind: 'progress' }>) => {
    if (progress?.stage !== stage) {
      end();
      progress = { stage, bar: startProgress({ what: stage, total: imagesTotal }) };
    }
    progress.bar.update(imagesDone);
  };
  return {
    show(event) {
      if (output.json) return;
      if (event.kind === 'progress') return showProgress(event);
      end();
      if (event.kind === 'log') return output.say(`  ${printable(event.line)}`);
      if (event.kind === 'warning') return output.say(`  Warning: ${printable(event.message)}`);
      output.say(`${showTime(event.at)}  ${event.state}`);
    },
    onConnection(state) {
      end();
      const line = state === 'lost' ? 'The connection is lost; trying again…' : 'Connected again.';
      if (!output.json) process.stderr.write(`${line}\n`);
    },
    end,
  };
}

/** In the reader's own zone, as their clock shows it. */
function showTime(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB');
}
