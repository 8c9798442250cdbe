import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

/* gravité 😀 */ export class TriageDto extends createZodDto(z.object({ pain: z.number().min(0).max(10) })) {}

/** What the desk prints: no request holds it. */
export class TriageLabel extends createZodDto(z.object({ colour: z.string() })) {}
