import { z } from 'zod';
import { errorCodeSchema } from './errors.js';
import type { ResolvedManifest } from './manifest.js';

/** By what a heat map was made: class activation (Zhou et al., 2016), or occlusion (Zeiler & Fergus, 2014). */
export const heatMapMethods = ['cam', 'occlusion'] as const;
export const heatMapMethodSchema = z.enum(heatMapMethods);
export type HeatMapMethod = z.infer<typeof heatMapMethodSchema>;

/** `refused`: it could not be made, for a reason that is told. */
export const heatMapStates = ['requested', 'made', 'refused'] as const;
export const heatMapStateSchema = z.enum(heatMapStates);
export type HeatMapState = z.infer<typeof heatMapStateSchema>;

/** More places than a network's last feature maps have. */
export const mostHeatMapSide = 128;
const sideSchema = z.number().int().min(1).max(mostHeatMapSide);

/** A part of a picture, in shares of its sides; it may reach beyond them, where the model was shown margins. */
const areaSchema = z.strictObject({ left: z.number(), top: z.number(), width: z.number(), height: z.number() });
export type HeatMapArea = z.infer<typeof areaSchema>;

/** Where a model looks when it says how abnormal a picture is. */
export const heatMapSchema = z
  .strictObject({
    method: heatMapMethodSchema,
    /** What the model says of the picture. */
    probability: z.number().min(0).max(1),
    width: sideSchema,
    height: sideSchema,
    /**
     * Row by row, from the top left. What speaks for *abnormal* is positive. Of class activation in units of the model's
     * output before its activation; of occlusion by how much the probability falls where the place is covered.
     */
    values: z.array(z.number()).max(mostHeatMapSide ** 2),
    /** Which part of the picture the map lies over. */
    area: areaSchema,
  })
  .refine(({ width, height, values }) => values.length === width * height, 'must have width × height values');
export type HeatMap = z.infer<typeof heatMapSchema>;

/** By which a bundle's heat maps are made: by class activation where it names what that needs. */
export function chooseHeatMapMethod(manifest: ResolvedManifest): HeatMapMethod {
  return manifest.engine !== 'command' && manifest.cam ? 'cam' : 'occlusion';
}

/** Why one could not be made. */
const heatMapReasonSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
  /** The particular of this case, which `message` has too. */
  detail: z.string().nullable(),
  next: z.string(),
});

/** How far a heat map is; `none`: nobody has asked for it. */
export const heatMapStatusSchema = z.object({
  state: z.enum(['none', ...heatMapStates]),
  reason: heatMapReasonSchema.nullable(),
});
export type HeatMapStatus = z.infer<typeof heatMapStatusSchema>;

/** A heat map that may be there. */
export const heatMapAnswerSchema = heatMapStatusSchema.extend({ map: heatMapSchema.nullable() });
export type HeatMapAnswer = z.infer<typeof heatMapAnswerSchema>;

/** The public sample studies of a submission's phase, and how far the heat map of each image is. */
export const sampleHeatMapsSchema = z.object({
  method: heatMapMethodSchema,
  studies: z.array(z.object({ study: z.string(), studyType: z.string(), images: z.array(heatMapStatusSchema) })),
});
export type SampleHeatMaps = z.infer<typeof sampleHeatMapsSchema>;
