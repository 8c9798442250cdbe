export { JwtAuthGuard } from './jwt-auth.guard';
export { RolesGuard } from './roles.guard';
