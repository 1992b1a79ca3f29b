using Beam.AspNetCore.Minting;
using Beam.Observing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Records the origin of channels.</summary>
public static class BeamOriginExtensions
{
    /// <summary>Makes notes of every request that opens a channel: a request that mints a token, or that sends without a token.</summary>
    /// <remarks>
    /// The notes are in <see cref="TransferEvent.Origin"/> of every transfer of the channel. Without this call there are none. Note no more
    /// than you need: the notes live as long as the channel, and Beam writes them to the disk with each file of a hand-in.
    /// </remarks>
    /// <param name="builder">What <c>AddBeam</c> has returned.</param>
    /// <param name="describe">
    /// Makes notes of a request, such as its user's name, its address or <c>Activity.Current?.TraceId</c>; <see langword="null"/> for none.
    /// If it throws, the request fails.
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
