import { NumberInput, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

import { texts } from "../texts";
import { dayOf, startOf, type Narrowing } from "./address";

const SETTLED = 350; // ms after the last key

interface FieldProps extends Narrowing {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
  readonly error?: string | undefined;
}

/** What is typed, and in the address once it rests. */
function useTyped({ name, asked, change }: FieldProps) {
  const there = asked[name] ?? "";
  const [typed, setTyped] = useState(there);
  const sent = useRef(there);
  useEffect(() => {
    if (there !== sent.current) setTyped(there); // Back, a link, a filter taken off; not what was typed here a moment ago
    sent.current = there;
  }, [there]);
  const settle = useDebouncedCallback((text: string) => {
    sent.current = text.trim();
    change({ [name]: text.trim() || null }, true);
  }, SETTLED);
  return [typed, (text: string) => (setTyped(text), settle(text))] as const;
}

export function Typed({ hint, ...field }: FieldProps) {
  const [typed, type] = useTyped(field);
  const { label, disabled = false, error } = field;
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={hint ?? ""}
      maxLength={200}
      disabled={disabled}
      error={error}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}

export function Numbered({ hint, max, step = 1, ...field }: FieldProps & { max: number; step?: number }) {
  const [typed, type] = useTyped(field);
  const { label, disabled = false, error } = field;
  return (
    <NumberInput
      label={label}
      placeholder={hint ?? ""}
      min={0}
      max={max}
      step={step}
      decimalScale={step < 1 ? 4 : 0}
      allowNegative={false}
      disabled={disabled}
      error={error}
      value={typed}
      onChange={(value) => type(String(value))}
    />
  );
}

interface ChosenProps extends FieldProps {
  readonly options: Readonly<Record<string, string>>;
}

/** One of few; none is any of them. */
export function Chosen({ name, label, hint, options, asked, change, disabled = false, error }: ChosenProps) {
  const value = asked[name] ?? null;
  const known = value !== null && !(value in options) ? { ...options, [value]: value } : options;
  return (
    <Select
      label={label}
      placeholder={hint ?? texts.any}
      clearable
      clearButtonProps={{ "aria-label": texts.clear(label) }}
      disabled={disabled}
      error={error}
      data={Object.entries(known).map(([each, says]) => ({ value: each, label: says }))}
      value={value}
      onChange={(chosen) => change({ [name]: chosen })}
    />
  );
}

export function YesOrNo(props: FieldProps & { yes: string; no: string }) {
  return <Chosen {...props} options={{ true: props.yes, false: props.no }} />;
}

/** A day of this place's calendar; the address has the moment at which it begins, or at which it has ended. */
export function Day({ name, label, asked, change, ends = false, error }: FieldProps & { ends?: boolean }) {
  return (
    <TextInput
      type="date"
      label={label}
      error={error}
      value={dayOf(asked[name], ends)}
      onChange={(event) => change({ [name]: event.currentTarget.value ? startOf(event.currentTarget.value, ends) : null })}
    />
  );
}
