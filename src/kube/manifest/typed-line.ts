import { afterPrompt } from '../../text/prompt.ts';

/** A shell that was told to say what it runs puts a + before it. */
const command =
  /^(?:.*[$#>%❯] ?|\++ )?(?:sudo )?(?:k3s |microk8s |minikube )?(?:kubectl(?:\.exe)?|oc|k)(?: --)? [a-z-]/;

/** Whether a line, without blanks at its ends, is what somebody typed, or what kubectl says where there is nothing. */
export function isTyped(line: string): boolean {
  return (
    command.test(line) ||
    // A line that begins with > is as likely somebody's quotation.
    (afterPrompt(line) !== null && !line.startsWith('>')) ||
    /^No resources found|^Warning: |^Error from server \(NotFound\): |^\^C$/.test(line)
  );
}
