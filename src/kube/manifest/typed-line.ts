import { afterPrompt } from '../../text/prompt.ts';

const command = /^(?:.*[$#>%❯] ?)?(?:sudo )?(?:k3s |microk8s |minikube )?(?:kubectl|oc|k)(?: --)? [a-z-]/;

/** Whether a line, without blanks at its ends, is what somebody typed, or what kubectl says where there is nothing. */
export function isTyped(line: string): boolean {
  return (
    command.test(line) ||
    afterPrompt(line) !== null ||
    /^No resources found/.test(line) ||
    /^Warning: /.test(line)
  );
}
