export default function OperatorPages() {
  return null;
}
