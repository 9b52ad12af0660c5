// A SEG and an SR as Cornerstone's and OHIF's own code reads them, as JSON on standard output.
// node cornerstone.mjs SEG SR IMAGES.json; packages are looked for beside the copy that runs.
import crypto from "node:crypto";
import fs from "node:fs";

// What the libraries expect of a browser when they are loaded, and nothing that draws.
globalThis.window = globalThis.self = globalThis;
globalThis.document = {
  createElement: () => ({ getContext: () => null, style: {} }), addEventListener() {},
};
console.warn = console.info = console.log = () => {};

const { adaptersSEG, adaptersSR } = await import("@cornerstonejs/adapters");
const core = await import("@cornerstonejs/core");
const { data } = (await import("dcmjs")).default;

const [segFile, srFile, imagesFile] = process.argv.slice(2);
const bytes = (file) => new Uint8Array(fs.readFileSync(file)).buffer;
const read = (file) => {
  const message = data.DicomMessage.readFile(bytes(file));
  return data.DicomMetaDictionary.naturalizeDataset(message.dict);
};
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const code = (sequence) => list(sequence)[0]?.CodeValue ?? "";

const images = JSON.parse(fs.readFileSync(imagesFile, "utf8"));
const instances = Object.fromEntries(images.map((file) => [`file:${file}`, read(file)]));
const ids = Object.keys(instances);
const metadata = {
  get(kind, id) {
    const image = instances[id];
    if (image === undefined) return undefined;
    const cosines = image.ImageOrientationPatient.map(Number);
    switch (kind) {
      case "instance": return image;
      case "generalImageModule": return { sopInstanceUID: image.SOPInstanceUID };
      case "generalSeriesModule":
        return { seriesInstanceUID: image.SeriesInstanceUID, modality: "CT" };
      case "imagePixelModule":
        return { bitsAllocated: 8, samplesPerPixel: 1, photometricInterpretation: "MONOCHROME2" };
      case "imagePlaneModule":
        return {
          rows: image.Rows, columns: image.Columns, frameOfReferenceUID: image.FrameOfReferenceUID,
          rowCosines: cosines.slice(0, 3), columnCosines: cosines.slice(3),
          imageOrientationPatient: cosines,
          imagePositionPatient: image.ImagePositionPatient.map(Number),
          rowPixelSpacing: Number(image.PixelSpacing[0]),
          columnPixelSpacing: Number(image.PixelSpacing[1]),
          pixelSpacing: image.PixelSpacing.map(Number),
        };
      default: return undefined;
    }
  },
};
core.metaData.addProvider((kind, id) => metadata.get(kind, id), 1000);

async function segments() {
  const found = await adaptersSEG.Cornerstone3D.Segmentation.createFromDICOMSegBuffer(
    ids, bytes(segFile), { metadataProvider: metadata },
  );
  const layers = found.labelMapImages.map((layer) => list(layer));
  return found.segMetadata.data.filter(Boolean).map((segment) => {
    const hash = crypto.createHash("sha256");
    let voxels = 0;
    ids.forEach((_, n) => {
      const pixels = layers.map((layer) => layer[n].voxelManager.getScalarData());
      const mask = new Uint8Array(pixels[0].length);
      for (const layer of pixels) {
        for (let at = 0; at < mask.length; at += 1) {
          if (layer[at] === segment.SegmentNumber) mask[at] = 1;
        }
      }
      voxels += mask.reduce((sum, value) => sum + value, 0);
      hash.update(mask);
    });
    return {
      label: segment.SegmentLabel, voxels, sha256: hash.digest("hex"),
      code: code(segment.SegmentedPropertyTypeCodeSequence),
      category: code(segment.SegmentedPropertyCategoryCodeSequence),
    };
  });
}

function groups() {
  const report = read(srFile);
  adaptersSR.Cornerstone3D.MeasurementReport.generateToolState(report, {}, metadata, {});
  const of = (item, meaning) => list(item.ContentSequence).filter(
    (child) => list(child.ConceptNameCodeSequence)[0]?.CodeMeaning === meaning);
  const [measured] = of(report, "Imaging Measurements");
  return list(measured.ContentSequence).map((group) => ({
    identifier: of(group, "Tracking Identifier")[0].TextValue,
    segment: list(of(group, "Referenced Segment")[0]?.ReferencedSOPSequence)[0]
      ?.ReferencedSegmentNumber ?? 0,
    numbers: list(group.ContentSequence).filter((item) => item.ValueType === "NUM").map((item) => {
      const value = list(item.MeasuredValueSequence)[0];
      return [
        code(item.ConceptNameCodeSequence), Number(value.NumericValue),
        code(value.MeasurementUnitsCodeSequence),
      ];
    }),
  }));
}

const result = {};
for (const [name, work] of [["segments", segments], ["groups", groups]]) {
  try {
    result[name] = await work();
  } catch (error) {
    result[name] = { fault: `${error.name}: ${error.message}` };
  }
}
process.stdout.write(JSON.stringify(result), () => process.exit(0));
