using System.Reflection;
using System.Runtime.CompilerServices;

namespace Beam.Testing;

/// <summary>Types as C# text.</summary>
internal static class ApiTypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
    };

    /// <summary>The line that declares a type: modifiers, kind, name, bases and constraints.</summary>
    public static string Declaration(Type type)
    {
        if (IsDelegate(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            var returned = ApiMemberText.ReturnType(invoke);
            return $"public delegate {returned} {Name(type)}({ApiMemberText.Parameters(invoke)}){Constraints(type.GetGenericArguments())}";
        }

        var bases = Bases(type);
        return $"{Access(type)}{Modifiers(type)}{Kind(type)} {Name(type)}"
            + (bases.Count == 0 ? "" : $" : {string.Join(", ", bases)}")
            + Constraints(OwnArguments(type));
    }

    public static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(Delegate));

    /// <summary>A type's name as C# writes it, without namespace, with the nullability where it is known.</summary>
    public static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying, nullability) + "?";
        }

        var mark = !type.IsValueType && nullability?.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword + mark;
        }

        return type.IsGenericParameter ? type.Name + mark : QualifiedName(type, nullability) + mark;
    }

    /// <summary>The <c>where</c> clauses of generic parameters.</summary>
    public static string Constraints(IEnumerable<Type> parameters) => string.Concat(
        parameters
            .Where(parameter => parameter.IsGenericParameter)
            .Select(parameter => (parameter.Name, Words: ConstraintWords(parameter)))
            .Where(clause => clause.Words.Count > 0)
            .Select(clause => $" where {clause.Name} : {string.Join(", ", clause.Words)}"));

    private static string QualifiedName(Type type, NullabilityInfo? nullability)
    {
        var outer = type.IsNested ? $"{QualifiedName(OuterOf(type), nullability: null)}." : "";
        var name = type.Name.Split('`')[0];
        var arguments = OwnArguments(type);
        if (arguments.Length == 0)
        {
            return outer + name;
        }

        var hints = nullability?.GenericTypeArguments ?? [];
        var skipped = type.GetGenericArguments().Length - arguments.Length;
        var texts = arguments.Select((argument, index) =>
            Name(argument, skipped + index < hints.Length ? hints[skipped + index] : null));
        return $"{outer}{name}<{string.Join(", ", texts)}>";
    }

    // The outer type of a constructed nested type, constructed with the same leading arguments.
    private static Type OuterOf(Type type)
    {
        var outer = type.DeclaringType!;
        return outer.IsGenericTypeDefinition
            ? outer.MakeGenericType(type.GetGenericArguments()[..outer.GetGenericArguments().Length])
            : outer;
    }

    private static Type[] OwnArguments(Type type) =>
        type.GetGenericArguments()[(type.DeclaringType?.GetGenericArguments().Length ?? 0)..];

    private static string Access(Type type) => type.IsNestedFamily || type.IsNestedFamORAssem ? "protected " : "public ";

    private static string Modifiers(Type type) => type switch
    {
        { IsInterface: true } or { IsEnum: true } => "",
        { IsValueType: true } => (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref " : ""),
        { IsAbstract: true, IsSealed: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsSealed: true } => "sealed ",
        _ => "",
    };

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return "enum";
        }

        if (type.IsInterface)
        {
            return "interface";
        }

        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var isRecord = type.GetMethod("PrintMembers", Declared) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute));
        return (isRecord, type.IsValueType) switch
        {
            (true, true) => "record struct",
            (true, false) => "record",
            (false, true) => "struct",
            _ => "class",
        };
    }

    private static List<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            var underlying = Enum.GetUnderlyingType(type);
            return underlying == typeof(int) ? [] : [Name(underlying)];
        }

        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var direct = type.GetInterfaces();
        var names = direct
            .Where(candidate => candidate.IsVisible && !inherited.Contains(candidate))
            .Where(candidate => !direct.Any(other => other != candidate && other.GetInterfaces().Contains(candidate)))
            .Select(candidate => Name(candidate))
            .Order(StringComparer.Ordinal);
        var isPlain = type.BaseType is null || type.BaseType == typeof(object) || type.BaseType == typeof(ValueType);
        return isPlain ? [.. names] : [Name(type.BaseType!), .. names];
    }

    private static List<string> ConstraintWords(Type parameter)
    {
        var flags = parameter.GenericParameterAttributes;
        var words = new List<string>();
        var isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (isStruct)
        {
            words.Add("struct");
        }

        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            words.Add("class");
        }

        words.AddRange(parameter.GetGenericParameterConstraints()
            .Where(constraint => constraint != typeof(ValueType))
            .Select(constraint => Name(constraint))
            .Order(StringComparer.Ordinal));
        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
        {
            words.Add("new()");
        }

        if (flags.HasFlag(GenericParameterAttributes.AllowByRefLike))
        {
            words.Add("allows ref struct");
        }

        return words;
    }
}
