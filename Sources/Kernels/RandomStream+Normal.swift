extension RandomStream {
    /// A number from the normal distribution of mean 0 and standard deviation 1.
    ///
    /// It takes two uniform numbers and keeps nothing back, so that the four words stay the whole
    /// state.   Box and Muller 1958.
    public mutating func normal() -> Double {
        let radius = (-2 * Elementary.log(1 - uniform())).squareRoot()
        return radius * Elementary.cos(2 * .pi * uniform())
    }
}
