using System.Diagnostics.CodeAnalysis;
using Beam.AspNetCore.Fields;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Receiving;

/// <summary>Reads what a receiver asks for.</summary>
internal static class DownloadRequest
{
    /// <summary>Reads on what terms a receiver joins, whichever file it gets.</summary>
    /// <param name="request">The request.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="mistake">Which rule it breaks.</param>
    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out ReceiveTerms? terms, [NotNullWhen(false)] out string? mistake)
    {
        terms = null;
        mistake = null;
        if (!WaitPreference.TryRead(request, out var wait))
        {
            mistake = WaitPreference.Rule;
            return false;
        }

        if (!ConfirmationId.TryRead(request, out var confirms, out var confirmationId))
        {
            mistake = ConfirmationId.Rule;
            return false;
        }

        terms = new ReceiveTerms { Wait = wait, Confirms = confirms, ConfirmationId = confirmationId };
        return true;
    }
}
