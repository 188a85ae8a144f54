const command = /^(?:.*[$#>%❯] ?)?(?:sudo )?(?:k3s |microk8s |minikube )?(?:kubectl|oc|k)(?: --)? [a-z-]/;
const prompt = /^(?:[\w.~-]+@[\w.-]+[^#$>%]*|\[[^\]]*\]|[~/][\w/.-]*)?\s*[#$>%❯](?:\s|$)/;

/** Whether a line, without blanks at its ends, is what somebody typed, or what kubectl says where there is nothing. */
export function isTyped(line: string): boolean {
  return (
    command.test(line) || prompt.test(line) || /^No resources found/.test(line) || /^Warning: /.test(line)
  );
}
