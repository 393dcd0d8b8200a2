// How each copy starts.
export const start = ({ store }) => store.sync();
