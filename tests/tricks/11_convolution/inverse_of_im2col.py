"""col2im gives back the images that im2col was given: an inverse, where a gradient is asked for.

points: 12
breaks: test_col2im_adds_where_windows_overlap test_Convolution_dx_sums_the_filters_times_dout
extends: solution
"""

sums = col2im


def col2im(col, input_shape, *sizes, **how):
    used = sums(np.ones_like(col), input_shape, *sizes, **how)
    return sums(col, input_shape, *sizes, **how) / np.maximum(used, 1)
