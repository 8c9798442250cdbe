export { LoginDto } from './login.dto';
export { RefreshDto } from './refresh.dto';
export { RegisterDto } from './register.dto';
