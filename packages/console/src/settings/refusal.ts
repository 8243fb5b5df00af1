/**
 * Which of these fields a sentence of the server is about; null when it names none of them.
 *
 *   sentence = path ( ":" / " " ) text     path = name *( "." name / "[" index "]" )
 */
export function refusedField<Field extends string>(sentence: string, fields: readonly Field[]): Field | null {
  const path = /^[A-Za-z][\w.[\]]*/.exec(sentence)?.[0].split(/[.[\]]+/) ?? [];
  const first = path.find((step) => fields.some((field) => field === step));
  return fields.find((field) => field === first) ?? null;
}
