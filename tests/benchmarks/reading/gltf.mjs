// The faults that the Khronos validator finds in a glTF file, as JSON.
import fs from "node:fs";
import validator from "gltf-validator";

const { issues } = await validator.validateBytes(new Uint8Array(fs.readFileSync(process.argv[2])));
process.stdout.write(JSON.stringify(
  { errors: issues.numErrors, warnings: issues.numWarnings, hints: issues.numHints }));
