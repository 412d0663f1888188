/** Passkeys as the browser makes and uses them (WebAuthn level 3); the server gives and takes JSON. */

import { ApiError } from "@/api/errors";

import { texts } from "../texts";

const words = texts.passkey;

/** Not of the server: the browser or the device said no, and another try may do. */
export const NOT_MADE = "passkey_not_made";

type Answer = Record<string, unknown>;

/** Why this browser can have no passkey here, as a sentence; null where it can. */
export function obstacle(): string | null {
  if (!window.isSecureContext) return words.insecure;
  const known = "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;
  return known ? null : words.absent;
}

/** Have a passkey made. Raises an `ApiError` that says why there is none. */
export function make(publicKey: unknown): Promise<Answer> {
  return asked(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey as PublicKeyCredentialCreationOptionsJSON),
    }),
  );
}

/** Have one of the person's passkeys answer the challenge. Raises as `make`. */
export function answer(publicKey: unknown): Promise<Answer> {
  return asked(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey as PublicKeyCredentialRequestOptionsJSON),
    }),
  );
}

async function asked(ceremony: () => Promise<Credential | null>): Promise<Answer> {
  const why = obstacle();
  if (why) throw new ApiError(0, NOT_MADE, why);
  try {
    const credential = (await ceremony()) as PublicKeyCredential;
    return credential.toJSON() as Answer;
  } catch (error) {
    throw new ApiError(0, NOT_MADE, sentence(error));
  }
}

/** The browser tells little, so that no page learns which passkeys there are: the name of the error is all. */
function sentence(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "InvalidStateError") return words.known;
  if (name === "SecurityError") return words.address;
  return words.stopped;
}
