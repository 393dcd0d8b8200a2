// The application, with the debug output of express-session; run with DEBUG=express-session.
import { application, logIn, site } from '../shared/site.mjs';

await logIn(await site(application().app));
process.exit(0);
