using Beam;
using Beam.AspNetCore;
using Beam.AspNetCore.Quotas;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Limits what one address and one token may use.</summary>
public static class BeamQuotaExtensions
{
    /// <summary>
    /// Gives a relay that strangers reach limits for each address and each token, so that nobody can fill it alone. <c>Beam.Server</c> has
    /// them.
    /// </summary>
    /// <remarks>
    /// <para>They follow the relay's own limits (<see cref="BeamOptions"/>), and hold where <see cref="BeamQuotaOptions"/> says
    /// nothing:</para>
    /// <list type="bullet">
    /// <item>A twentieth of the requests, the transfers, the files that are handed in and the tokens for an address.</item>
    /// <item>A quarter of the bytes that files may take which are handed in, for an address.</item>
    /// <item>A tenth of the requests for a token.</item>
    /// <item>
    /// Direct connections from this machine have no such limits, except three quarters of the transfers and tokens. That is not so where
    /// <see cref="BeamHttpOptions.BehindProxy"/> names a proxy: then no connection is known to be direct.
    /// </item>
    /// </list>
    /// <para>A small relay gives an address ten of everything, but no more than half.
    /// Files that are handed in are at most half of its transfers.</para>
    /// <para>Behind a proxy all clients are one address, unless the application trusts that proxy with <c>UseForwardedHeaders</c>.</para>
    /// </remarks>
    /// <param name="builder">What <c>AddBeam</c> has returned.</param>
    /// <returns>The builder.</returns>
    public static BeamBuilder LimitAddresses(this BeamBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddOptions<BeamQuotaOptions>()
            .PostConfigure<IOptions<BeamOptions>, IOptions<BeamHttpOptions>>(static (quotas, relay, http)
                => QuotaDefaults.FillIn(quotas, relay.Value, http.Value));
        return builder;
    }
}
