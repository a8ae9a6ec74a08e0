/**
 * A sum that is carried along has lost digits when it, or what is made of it, has become small
 * beside what it has been. So the sums are taken anew as soon as they leave a band around the one
 * last taken anew: its hundredth to its hundredfold. At most four of sixteen digits go that way.
 */
export const GROWN = 100;
export const SHRUNK = 0.01;
