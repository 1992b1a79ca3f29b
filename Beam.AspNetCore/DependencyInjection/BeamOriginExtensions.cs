using Beam.AspNetCore.Minting;
using Beam.Observing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Has noted who opens channels.</summary>
public static class BeamOriginExtensions
{
    /// <summary>Notes something of every request that opens a channel: that mints a token, or sends without one.</summary>
    /// <remarks>
    /// It is found in <see cref="TransferEvent.Origin"/> of every transfer of the channel. Without this call nothing is noted. Note no more than is
    /// needed: it lives as long as the channel, and is written to the disk with files that are handed in.
    /// </remarks>
    /// <param name="builder">What <c>AddBeam</c> has returned.</param>
    /// <param name="describe">
    /// Makes notes of a request, such as its user's name, its address or <c>Activity.Current?.TraceId</c>; <see langword="null"/> for none. What it throws
    /// fails the request.
    /// </param>
    /// <returns>The builder.</returns>
    public static BeamBuilder RecordOrigin(this BeamBuilder builder, Func<HttpContext, IReadOnlyDictionary<string, string>?> describe)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(describe);
        builder.Services.Replace(ServiceDescriptor.Singleton(new OriginRecorder(describe)));
        return builder;
    }
}
