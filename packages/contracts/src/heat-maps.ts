import { z } from 'zod';

/** By what a heat map was made: class activation (Zhou et al., 2016), or occlusion (Zeiler & Fergus, 2014). */
export const heatMapMethods = ['cam', 'occlusion'] as const;
export const heatMapMethodSchema = z.enum(heatMapMethods);
export type HeatMapMethod = z.infer<typeof heatMapMethodSchema>;

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
