export { Public } from './public.decorator';
export { SessionGuard } from './session.guard';
export { TokenGuard } from './token.guard';
