// Whether a document is one that somebody expects to be judged. Most YAML and JSON is not, and nobody wants to hear of a
// program that is missing for what it does not do.

const TERRAFORM = /^(terraform|terraform-vars|opentofu|opentofu-vars)$/;
const TEMPLATE = /\bAWS::[A-Za-z]|\bdynalens\b/;

export function matters(document: {
  readonly language: string;
  readonly path: string;
  readonly text: string;
}): boolean {
  if (/(^|\/)\.?dynalens\.yml$/.test(document.path)) return true;
  return TERRAFORM.test(document.language) || TEMPLATE.test(document.text);
}
