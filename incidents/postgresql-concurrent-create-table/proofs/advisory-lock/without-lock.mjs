// How each copy starts: as in the write-up's release.
export const start = ({ store }) => store.sync();
