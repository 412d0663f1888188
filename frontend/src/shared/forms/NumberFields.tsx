import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useState } from "react";

interface NumberFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: number;
  readonly error: string | undefined;
  readonly onChange: (value: number) => void;
}

interface WholeFieldProps extends NumberFieldProps {
  readonly min: number;
  readonly max: number;
  readonly suffix?: string;
  /** Where the cursor starts when a drawer opens. */
  readonly first?: boolean;
}

/** A whole number. A field that was emptied is asked for: it never stands for the number that was in it before. */
export function WholeField({ hint, first, onChange, ...field }: WholeFieldProps) {
  return (
    <NumberInput
      required
      description={hint}
      data-autofocus={first}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      onChange={(value) => tell(value, onChange)}
      {...field}
    />
  );
}

/** A share between 0 and 1, shown and typed in percent. */
export function ShareField({ hint, value, onChange, ...field }: NumberFieldProps) {
  return (
    <NumberInput
      required
      description={hint}
      min={0}
      max={100}
      suffix="%"
      decimalScale={2}
      allowNegative={false}
      value={Math.round(value * 1e4) / 100}
      onChange={(percent) => tell(percent, (told) => onChange(told / 100))}
      {...field}
    />
  );
}

interface DecimalFieldProps extends Omit<NumberInputProps, "value" | "onChange"> {
  readonly first: number | null;
  readonly onNumber: (value: number | null) => void;
}

/** A number with a fraction. It keeps what is typed, since `1.` on the way to `1.5` is no number yet. */
export function DecimalField({ first, onNumber, ...field }: DecimalFieldProps) {
  const [typed, setTyped] = useState<number | string>(first ?? "");
  const type = (value: number | string) => {
    setTyped(value);
    onNumber(value === "" || !Number.isFinite(Number(value)) ? null : Number(value));
  };
  return <NumberInput min={0} allowNegative={false} value={typed} onChange={type} {...field} />;
}

/** Mantine tells a number, or the text where that is not one yet: nothing, a lone point, leading zeros, more digits than fit. */
function tell(value: number | string, onChange: (value: number) => void): void {
  if (value !== "" && Number.isFinite(Number(value))) onChange(Number(value));
}
