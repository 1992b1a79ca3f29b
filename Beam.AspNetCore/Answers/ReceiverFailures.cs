using System.Globalization;
using Beam.Transfers;

namespace Beam.AspNetCore.Answers;

/// <summary>Says in one line what happened to the receivers, when there are several and not all of them have the file.</summary>
internal static class ReceiverFailures
{
    /// <summary>Describes the failed receivers.</summary>
    /// <returns>
    /// A line such as <c>1 of 3 receivers broke off before it had everything.</c>; <see langword="null"/> when the failure is not the
    /// receivers' own.
    /// </returns>
    public static string? Describe(TransferOutcome outcome)
    {
        var receivers = outcome.Receivers;
        var failures = receivers
            .Where(static receiver => receiver.Error != TransferError.None)
            .CountBy(static receiver => receiver.Error)
            .ToList();
        var isTheWhole = failures.Count == 1
            && failures[0].Value == receivers.Count
            && failures[0].Key is (TransferError.Cancelled or TransferError.TokenEnded);
        if (receivers.Count < 2
            || failures.Count == 0
            || isTheWhole
            || failures.Exists(static failure => Predicate(failure.Key, failure.Value) is null))
        {
            return null;
        }

        var parts = failures.Select((failure, index) => string.Create(
            CultureInfo.InvariantCulture,
            $"{failure.Value}{(index == 0 ? $" of {receivers.Count} receivers" : "")} {Predicate(failure.Key, failure.Value)}"));
        return string.Join("; ", parts) + ".";
    }

    private static string? Predicate(TransferError error, int count) => error switch
    {
        TransferError.ReceiverLost when count == 1 => "broke off before it had everything",
        TransferError.ReceiverLost => "broke off before they had everything",
        TransferError.ReceiverStalled => "stood still for too long",
        TransferError.NoReceiver => "did not come in time",
        TransferError.Cancelled => count == 1 ? "was cancelled" : "were cancelled",
        TransferError.TokenEnded => "had no valid token any more",
        _ => null,
    };
}
