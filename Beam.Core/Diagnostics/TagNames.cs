using System.Text;
using Beam.Transfers;

namespace Beam.Diagnostics;

/// <summary>Enum values as tags: lower case with underscores, as metrics have them.</summary>
internal static class TagNames
{
    private static readonly string[] Errors = NamesOf<TransferError>();
    private static readonly string[] Deliveries = NamesOf<DeliveryStatus>();

    public static string ToTag(this TransferError error) => Errors[(int)error];

    public static string ToTag(this DeliveryStatus delivery) => Deliveries[(int)delivery];

    private static string[] NamesOf<T>()
        where T : struct, Enum
        => [.. Enum.GetNames<T>().Select(ToSnakeCase)];

    private static string ToSnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
