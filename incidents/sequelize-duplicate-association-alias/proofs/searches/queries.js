// Code of the application; see proof.sh. It is searched, never run.
export const carts = (id) => User.findByPk(id, { include: [{ model: SocialShoppingCart, as: 'shoppingCarts' }] });
export const names = (id) => User.findByPk(id, { include: ['shoppingCarts'] });
export const ofUser = (user) => user.getShoppingCarts();
